using System;
using System.Collections;
using System.Collections.Generic;
using System.Threading;

namespace Store.Inventory
{
    public class InventoryItem
    {
        public String ItemNo;
        public String Description;
        public Int32 Quantity;
        public Boolean Discontinued;
    }

    /// <summary>All items of the branch, as of the last download.</summary>
    public class InventoryCache
    {
        private Object objLock = new Object(); // HRD1002
        private Hashtable htItems = new Hashtable();
        private Int32 intHits = 0;
        private Int32 intMisses = 0;
        private DateTime dtLoaded = DateTime.MinValue;

        public Object Lock
        {
            get { return objLock; }
        }

        public Int32 HitRate
        {
            get
            {
                lock (objLock)
                {
                    Int32 intAll = intHits + intMisses;
                    if (intAll == 0)
                    {
                        return 0;
                    }
                    else
                    {
                        return intHits * 100 / intAll;
                    }
                }
            }
        }

        public InventoryItem GetItem(String strItemNo)
        {
            InventoryItem objResult = null;
            lock (objLock)
            {
                objResult = htItems[strItemNo] as InventoryItem;
                if (objResult == null)
                {
                    intMisses = intMisses + 1;
                }
                else
                {
                    intHits = intHits + 1;
                }
            }
            return objResult;
        }

        public void Book(String strItemNo, Int32 intQuantity)
        {
            Monitor.TryEnter(objLock, 2000); // HRD1010
            try
            {
                InventoryItem objItem = htItems[strItemNo] as InventoryItem;
                if (objItem != null && objItem.Discontinued == false)
                {
                    objItem.Quantity = objItem.Quantity + intQuantity;
                }
            }
            finally
            {
                Monitor.Exit(objLock);
            }
        }

        public Boolean TryBook(String strItemNo, Int32 intQuantity)
        {
            if (Monitor.TryEnter(objLock, 500) == false)
            {
                return false;
            }
            try
            {
                InventoryItem objItem = htItems[strItemNo] as InventoryItem;
                if (objItem == null || objItem.Quantity < intQuantity)
                {
                    return false;
                }
                objItem.Quantity = objItem.Quantity - intQuantity;
                return true;
            }
            finally
            {
                Monitor.Exit(objLock);
            }
        }

        public void Replace(IEnumerable<InventoryItem> colItems)
        {
            Hashtable htNew = new Hashtable();
            foreach (InventoryItem objItem in colItems)
            {
                htNew[objItem.ItemNo] = objItem;
            }
            lock (objLock)
            {
                htItems = htNew;
                dtLoaded = DateTime.Now;
                intHits = 0;
                intMisses = 0;
            }
        }

        public void Clear()
        {
            objLock = new Object();
            htItems = new Hashtable();
            dtLoaded = DateTime.MinValue;
        }
    }
}
